from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any

from django.conf import STATICFILES_STORAGE_ALIAS, settings
from django.contrib.staticfiles.management.commands import collectstatic
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError, CommandParser, SystemCheckError
from django.utils.module_loading import import_string

import stator
from stator.build import Build
from stator.django import origins
from stator.django.conf import options
from stator.django.storage import StatorStorage
from stator.errors import ConfigError, EnvironmentFailed, StatorError
from stator.findings import Finding, Level, as_json, as_text
from stator.publish.plan import Action
from stator.publish.release import Receipt

_DOING = {"copy": "Copying", "link": "Linking", "delete": "Deleting"}  # Django's words


class Command(collectstatic.Command):
    """Django's command, with our compiler behind it where the storage is ours, and unchanged where not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.skipped_files: list[str] = []
        self.deleted_files: list[str] = []  # Django 5.2 has neither

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--explain", action="store_true", help="Say for each file what is done with it and why."
        )
        parser.add_argument(
            "--report", metavar="FILE", help="Write what was found and done to FILE as JSON ('-': to stdout)."
        )

    def execute(self, *args: Any, **opts: Any) -> str | None:
        try:
            options()
            if not self._is_ours():
                return super().execute(*args, **opts)
            return self._execute(*args, **opts)
        except StatorError as error:
            raise CommandError(str(error), returncode=error.exit_code) from error

    def _execute(self, *args: Any, **opts: Any) -> str | None:
        try:
            return super().execute(*args, **opts)
        except SystemCheckError as error:
            error.returncode = ConfigError.exit_code
            raise
        except ImproperlyConfigured as error:
            raise CommandError(str(error), returncode=ConfigError.exit_code) from error
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            hint = "Mend the cause and run the command again."
            raise EnvironmentFailed(f"{where}{error.strerror or error}.", hint) from error

    def _is_ours(self) -> bool:
        """Say whether our compiler works for the storage: not for others, nor if its work was replaced."""
        try:
            kind = self.storage.__class__
        except ImproperlyConfigured:  # it cannot be made; its name is known all the same
            kind = import_string(settings.STORAGES[STATICFILES_STORAGE_ALIAS]["BACKEND"])
        return issubclass(kind, StatorStorage) and kind.post_process is StatorStorage.post_process

    def set_options(self, **opts: Any) -> None:
        self.use_defaults = opts["use_default_ignore_patterns"]
        self.explain = opts.get("explain", False)
        self.report = opts.get("report")
        super().set_options(**opts)

    def log(self, msg: str, level: int = 2) -> None:
        super().log(_printable(msg, self.stdout), level)

    def collect(self) -> dict[str, list[str]]:
        if self._is_ours():
            with self.storage.set_aside():
                return self._collect(self.storage)
        if self.explain or self.report:
            raise CommandError("--explain and --report need StatorStorage.", returncode=ConfigError.exit_code)
        return super().collect()

    def _collect(self, storage: StatorStorage) -> dict[str, list[str]]:
        load_path = origins.find(
            options(), self.ignore_patterns, use_defaults=self.use_defaults, published=storage.path("")
        )
        self.skipped_files = sorted(load_path.shadowed)
        finished = storage.compile(load_path, digest=self.post_process)
        self._tell(finished.findings)
        if finished.failed:
            self._write_report(finished, None)
            raise CommandError(_failure(finished.findings), returncode=1)
        receipt = storage.publish(
            finished,
            digest=self.post_process,
            symlink=self.symlink,
            clear=self.clear,
            dry_run=self.dry_run,
            on_wait=lambda: self.log(
                "Another collectstatic is writing there; waiting for it to end.", level=1
            ),
        )
        self._tell(receipt.findings)
        self._account(receipt)
        self._write_report(finished, receipt)
        return {
            "modified": self.copied_files + self.symlinked_files,
            "unmodified": self.unmodified_files,
            "post_processed": self.post_processed_files,
            "skipped": self.skipped_files,
            "deleted": self.deleted_files,
        }

    def _tell(self, findings: tuple[Finding, ...]) -> None:
        """Print findings: a user's own in full; those in packages, which only others can mend, counted."""
        counted: Counter[tuple[str, Level]] = Counter()
        for finding in findings:
            mine = not finding.package and finding.level is not Level.INFO
            if self.verbosity >= 2 or finding.level is Level.ERROR or (self.verbosity and mine):
                self.stderr.write(_printable(as_text(finding, os.getcwd()), self.stderr))
            else:
                counted[finding.id, finding.level] += 1
        if counted and self.verbosity:
            said = ", ".join(f"{count} {id}" for (id, _), count in sorted(counted.items()))
            self.stderr.write(f"Notes, and problems of installed packages: {said}. (-v 2 shows them.)")

    def _account(self, receipt: Receipt) -> None:
        """Fill Django's lists, in which each file counts once, under its plain name where it has one."""
        lists = {Action.KEEP: self.unmodified_files, Action.SYMLINK: self.symlinked_files}
        for step in receipt.steps:
            if self.explain:
                self.log(f"{step.name}: {step.action.value} ({step.reason})", level=0)
            if step.artifact is None:
                self.deleted_files.append(step.name)
                self._log_step("delete", step.name)
            elif step.name == (step.artifact.path if step.artifact.plain else step.artifact.name):
                lists.get(step.action, self.copied_files).append(step.artifact.path)
                if step.action is not Action.KEEP:
                    verb = "link" if step.action is Action.SYMLINK else "copy"
                    self._log_step(verb, step.artifact.source.location)
        if self.post_process and not self.dry_run:
            for path, name in receipt.manifest.paths.items():
                self.post_processed_files.append(path)
                self.log(f"Post-processed '{path}' as '{name}'", level=2)

    def _log_step(self, verb: str, what: str) -> None:
        if self.dry_run:
            self.log(f"Pretending to {verb} '{what}'", level=1)
        else:
            self.log(f"{_DOING[verb]} '{what}'", level=2)

    def _write_report(self, finished: Build, receipt: Receipt | None) -> None:
        if not self.report:
            return
        steps = receipt.steps if receipt else ()
        report = {
            "stator": stator.__version__,
            "release": receipt.manifest.id if receipt else None,
            "dry_run": self.dry_run,
            "files": len(finished.artifacts),
            "steps": dict(Counter(step.action.value for step in steps)),
            "findings": [
                as_json(finding) for finding in (*finished.findings, *(receipt.findings if receipt else ()))
            ],
        }
        text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
        if self.report == "-":
            self.log(text, level=0)
            return
        try:
            with open(self.report, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise CommandError(
                f"{self.report}: {error.strerror}. The report was not written.", returncode=3
            ) from error


def _failure(findings: tuple[Finding, ...]) -> str:
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    said = f"{len(errors)} error{'' if len(errors) == 1 else 's'}; nothing was published."
    if any(finding.id in {"missing-reference", "case-mismatch", "outside-root"} for finding in errors):
        said += "\nMend the references, or choose with STATOR['ON_MISSING'] what a broken one means."
    return said


def _printable(text: str, stream: Any) -> str:
    """Return the text with what the stream cannot take written as escapes: not every terminal has UTF-8."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
