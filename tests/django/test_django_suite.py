"""Django's own tests of static files, from the source distribution of the Django that is installed."""

from __future__ import annotations

import re
import subprocess
import sys

import django

from tests.parts import TESTS

SCRIPT = TESTS.parent / "scripts" / "django-suite"
STORAGE = "staticfiles_tests.test_storage"

# With our storage where those tests set ManifestStaticFilesStorage, these differ. Each reason says why
# ours is what a user would want; ARCHITECTURE.md has the same list in a table.
DIFFERENT = {
    # We change the name and nothing around it; Django writes its own form of the whole url() or comment.
    "TestCollectionManifestStorage.test_css_source_map": "form kept",
    "TestCollectionManifestStorage.test_css_source_map_tabs": "form kept",
    "TestCollectionManifestStorage.test_import_replacement": "form kept",
    "TestCollectionManifestStorage.test_path_ignored_completely": "form kept",
    "TestCollectionManifestStorage.test_template_tag_relative": "form kept",
    "TestCollectionJSModuleImportAggregationManifestStorage.test_module_import": "form kept",
    # Files that import each other in a circle are linked; Django gives up.
    "TestCollectionManifestStorage.test_import_loop": "circles are linked",
    # A style sheet need not be UTF-8 to have its references found; Django gives up.
    "TestCollectionManifestStorage.test_post_processing_nonutf8": "any encoding is read",
    # All broken references are told, with line and hint; Django tells the first file's name.
    "TestCollectionManifestStorage.test_post_processing_failure": "every problem is told",
    # A digest covers what a file refers to, so file_hash() has no say in it, nor have subclasses that
    # give all files one hash: such a name would be cached for a year and still change.
    "TestCollectionNoneHashStorage.test_hashed_name": "digests are not for overriding",
    "TestCollectionSimpleStorage.test_template_tag_return": "digests are not for overriding",
    "TestCollectionSimpleStorage.test_template_tag_simple_content": "digests are not for overriding",
    # Regular expressions that a subclass adds are not used: the scanner finds references by grammar.
    "TestExtraPatternsStorage.test_multi_extension_patterns": "no patterns",
    # It expects Django's digests of files that it writes itself; the behaviour is the same.
    "TestCollectionHashedFilesCache.test_file_change_after_collectstatic": "digests written into the test",
}


def run(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    ran = re.search(r"Ran (\d+) tests", said)
    assert ran, said
    assert int(ran[1]) >= 190, said
    return done.returncode, said


def test_every_test_passes_with_the_storages_that_django_sets() -> None:
    status, said = run()
    assert status == 0, said


def test_with_our_storage_only_the_listed_tests_differ() -> None:
    status, said = run("--our-storage")
    failed = set(re.findall(rf"^(?:FAIL|ERROR): \w+ \({STORAGE}\.([\w.]+)\)", said, flags=re.MULTILINE))
    assert status == 1, said
    assert failed <= set(DIFFERENT), said
    if django.VERSION[:2] == (6, 1):
        assert failed == set(DIFFERENT), said
    others = re.findall(rf"^(?:FAIL|ERROR): (?!.*{re.escape(STORAGE)}).*$", said, flags=re.MULTILINE)
    assert not others
