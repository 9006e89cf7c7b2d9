"""The report: what a release weighs, what pages load and what changed, as one page to hand on."""
