"""The parts of ``benchmarks.serve``: what is asked for, who answers, what is measured, how it is told."""
