from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from typing import Any

from django.conf import STATICFILES_STORAGE_ALIAS, settings
from django.contrib.staticfiles.management.commands import collectstatic
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError, CommandParser
from django.utils.module_loading import import_string

import stator
from stator import clock
from stator.build import Build
from stator.collect import Collected, facts_of
from stator.django import origins
from stator.django.commands import errors_told, printable, refusals_told
from stator.django.conf import options
from stator.django.storage import StatorStorage
from stator.errors import ConfigError
from stator.findings import Finding, Level, as_json, as_text
from stator.parallel import processors
from stator.progress import Progress, progress_for
from stator.publish.plan import Action
from stator.publish.release import Receipt

_DOING = {"copy": "Copying", "link": "Linking", "delete": "Deleting"}  # Django's words


class Command(collectstatic.Command):
    """Django's command, with our compiler behind it where the storage is ours, and unchanged where not.

    ``receipt`` is what it has done, or in a dry run would have.
    """

    receipt: Receipt | None = None

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
            "--rehash",
            action="store_true",
            help="Read every source and every published file, and trust neither sizes nor times.",
        )
        parser.add_argument(
            "--jobs",
            type=_number_of_jobs,
            metavar="N",
            help="Use at most N processors; all that there are, if not given.",
        )
        parser.add_argument(
            "--build",
            action="store_true",
            help="Build the front ends of STATOR['FRONTENDS'] first, those that have changed.",
        )
        parser.add_argument(
            "--report", metavar="FILE", help="Write what was found and done to FILE as JSON ('-': to stdout)."
        )

    def execute(self, *args: Any, **opts: Any) -> str | None:
        with errors_told():
            options()
            if not self._is_ours():
                return super().execute(*args, **opts)
            with refusals_told():
                return super().execute(*args, **opts)

    def handle(self, **opts: Any) -> str | None:
        if opts.get("build"):
            from stator.django.finders import toolchains  # noqa: PLC0415  (few collects need it)
            from stator.django.verbs.frontend import build_all  # noqa: PLC0415

            build_all(self, toolchains(), {**opts, "force": False})
        return super().handle(**opts)

    def _is_ours(self) -> bool:
        """Say whether our compiler works for the storage: not for others, nor if its work was replaced."""
        try:
            kind = self.storage.__class__
        except ImproperlyConfigured:  # it cannot be made; its name is known all the same
            kind = import_string(settings.STORAGES[STATICFILES_STORAGE_ALIAS]["BACKEND"])
        return issubclass(kind, StatorStorage) and kind.post_process is StatorStorage.post_process

    def set_options(self, **opts: Any) -> None:
        self.use_defaults: bool = opts["use_default_ignore_patterns"]
        self.explain: bool = opts.get("explain", False)
        self.report: str | None = opts.get("report")
        self.rehash: bool = opts.get("rehash", False)
        self.jobs: int = opts.get("jobs") or processors()
        super().set_options(**opts)

    def log(self, msg: str, level: int = 2) -> None:
        super().log(printable(msg, self.stdout), level)

    def collect(self) -> dict[str, list[str]]:
        if self._is_ours():
            return self._collect(self.storage)
        if self.explain or self.report or self.rehash:
            said = "--explain, --rehash and --report need StatorStorage."
            raise CommandError(said, returncode=ConfigError.exit_code)
        return super().collect()

    def _collect(self, storage: StatorStorage) -> dict[str, list[str]]:
        started = time.perf_counter()
        load_path = origins.find(
            options(),
            self.ignore_patterns,
            use_defaults=self.use_defaults,
            published=storage.path(""),
            since=clock.now(),
        )
        self.skipped_files = sorted(load_path.shadowed)
        with self._progress() as progress:
            collected = storage.collect(
                load_path,
                digest=self.post_process,
                jobs=self.jobs,
                rehash=self.rehash,
                symlink=self.symlink,
                clear=self.clear,
                dry_run=self.dry_run,
                progress=progress,
                on_wait=self._waits,
            )
        finished, receipt = collected.build, collected.receipt
        self._tell(finished.findings)
        if collected.problem and self.verbosity:
            self.stderr.write(
                f"Finished work is not kept: {collected.problem}\n"
                "hint: Mend the cause, or name another folder in STATOR['CACHE_DIR']."
            )
        if receipt is None:
            self._write_report(finished, None)
            raise CommandError(_failure(finished.findings), returncode=1)
        self.receipt = receipt
        self._tell(receipt.findings)
        self._account(finished, receipt)
        self._write_report(finished, receipt)
        if self.verbosity and not self.dry_run:
            self._summarize(collected, time.perf_counter() - started)
        return {
            "modified": self.copied_files + self.symlinked_files,
            "unmodified": self.unmodified_files,
            "post_processed": self.post_processed_files,
            "skipped": self.skipped_files,
            "deleted": self.deleted_files,
        }

    def _progress(self) -> Progress:
        return progress_for(sys.stderr, wanted=self.verbosity > 0) if self.verbosity else Progress()

    def _waits(self) -> None:
        self.log("Another collectstatic is writing there; waiting for it to end.", level=1)

    def _summarize(self, collected: Collected, seconds: float) -> None:
        from stator.progress import heaviest, summary  # noqa: PLC0415

        facts = facts_of(collected, seconds)
        self.log("\n" + summary(facts), level=1)
        if self.verbosity >= 2 or not facts.reused:
            self.log(heaviest(facts), level=1)

    def _tell(self, findings: tuple[Finding, ...]) -> None:
        """Print findings: a user's own in full; those in packages, which only others can mend, counted."""
        counted: Counter[tuple[str, Level]] = Counter()
        for finding in findings:
            mine = not finding.package and finding.level is not Level.INFO
            if self.verbosity >= 2 or finding.level is Level.ERROR or (self.verbosity and mine):
                self.stderr.write(printable(as_text(finding, os.getcwd()), self.stderr))
            else:
                counted[finding.id, finding.level] += 1
        if counted and self.verbosity:
            said = ", ".join(f"{count} {id}" for (id, _), count in sorted(counted.items()))
            self.stderr.write(f"Notes, and problems of installed packages: {said}. (-v 2 shows them.)")

    def _account(self, finished: Build, receipt: Receipt) -> None:
        """Fill Django's lists, in which each file counts once, under its plain name where it has one."""
        if self.explain:
            self._explain(finished, receipt)
        done: dict[str, Action] = {}
        for step in receipt.steps:
            if step.artifact is None:
                self.deleted_files.append(step.name)
                self._log_step("delete", step.name)
            elif step.name == (step.artifact.path if step.artifact.plain else step.artifact.name):
                done[step.artifact.path] = step.action
                if step.action is not Action.KEEP:
                    verb = "link" if step.action is Action.SYMLINK else "copy"
                    self._log_step(verb, step.artifact.source.location)
        for path in finished.artifacts:
            match done.get(path, Action.KEEP):
                case Action.KEEP:
                    self.unmodified_files.append(path)
                case Action.SYMLINK:
                    self.symlinked_files.append(path)
                case _:
                    self.copied_files.append(path)
        if self.post_process and not self.dry_run:
            self.post_processed_files.extend(finished.artifacts)
            if self.verbosity >= 2:
                for path, artifact in finished.artifacts.items():
                    self.log(f"Post-processed '{path}' as '{artifact.name}'", level=2)

    def _explain(self, finished: Build, receipt: Receipt) -> None:
        for path in finished.artifacts:
            reason = finished.reasons.get(path)
            self.log(f"{path}: built ({reason})" if reason else f"{path}: reused (unchanged)", level=0)
        for step in receipt.steps:
            self.log(f"{step.name}: {step.action.value} ({step.reason})", level=0)

    def _log_step(self, verb: str, what: str) -> None:
        if self.dry_run:
            self.log(f"Pretending to {verb} '{what}'", level=1)
        else:
            self.log(f"{_DOING[verb]} '{what}'", level=2)

    def _write_report(self, finished: Build, receipt: Receipt | None) -> None:
        if not self.report:
            return
        steps = receipt.steps if receipt else ()
        manifest = receipt and (receipt.manifest or self.storage.standing())
        report = {
            "stator": stator.__version__,
            "release": manifest.id if manifest else None,
            "dry_run": self.dry_run,
            "files": len(finished.artifacts),
            "built": len(finished.reasons),
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


def _number_of_jobs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _failure(findings: tuple[Finding, ...]) -> str:
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    said = f"{len(errors)} error{'' if len(errors) == 1 else 's'}; nothing was published."
    if any(finding.id in {"missing-reference", "case-mismatch", "outside-root"} for finding in errors):
        said += "\nMend the references, or choose with STATOR['ON_MISSING'] what a broken one means."
    return said
