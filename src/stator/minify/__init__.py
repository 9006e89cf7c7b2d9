"""Minifying: the same file in fewer bytes. One tool a media type, and a guard over what comes out.

CSS and JSON are minified by our own hand, with nothing to install. JavaScript is where the project has
esbuild, since no minifier without Node was found that breaks nothing. SVG is left alone: of 287 real images
the best tool at hand changed how 3 look, and it dropped ids.
"""
