from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any

from django.contrib.staticfiles.management.commands import collectstatic
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError, CommandParser

import stator
from stator.build import Build
from stator.django import origins
from stator.django.conf import options
from stator.django.storage import StatorStorage
from stator.errors import ConfigError, StatorError
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
        except ConfigError as error:
            raise CommandError(str(error), returncode=error.exit_code) from error
        return super().execute(*args, **opts)

    def set_options(self, **opts: Any) -> None:
        self.use_defaults = opts["use_default_ignore_patterns"]
        self.explain = opts.get("explain", False)
        self.report = opts.get("report")
        super().set_options(**opts)

    def collect(self) -> dict[str, list[str]]:
        storage = getattr(self.storage, "_wrapped", self.storage)
        if not isinstance(storage, StatorStorage):
            if self.explain or self.report:
                raise CommandError("--explain and --report need StatorStorage.", returncode=2)
            return super().collect()
        try:
            return self._collect(storage)
        except StatorError as error:
            raise CommandError(str(error), returncode=error.exit_code) from error
        except ImproperlyConfigured as error:
            raise CommandError(str(error), returncode=ConfigError.exit_code) from error

    def _collect(self, storage: StatorStorage) -> dict[str, list[str]]:
        load_path = origins.find(options(), self.ignore_patterns, use_defaults=self.use_defaults)
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
                self.stderr.write(as_text(finding, os.getcwd()))
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
                self.stdout.write(f"{step.name}: {step.action.value} ({step.reason})")
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
            self.stdout.write(text)
            return
        try:
            with open(self.report, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise CommandError(
                f"{self.report}: {error.strerror}. The report was not written.", returncode=3
            ) from error


def _failure(findings: tuple[Finding, ...]) -> str:
    errors = sum(finding.level is Level.ERROR for finding in findings)
    return (
        f"{errors} error{'' if errors == 1 else 's'}; nothing was published.\n"
        "Mend the files named above, or choose with STATOR['ON_MISSING'] what a broken reference means."
    )
