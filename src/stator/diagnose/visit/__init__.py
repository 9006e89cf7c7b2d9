"""The visit: what a browser really gets from a running site, and which step of its way is broken.

Rules of the room: ``fetch`` alone talks to the network; what refers to what (``mention``), what is known of a
name (``knowledge``) and what is wrong with an answer (the modules of checks) are pure functions.
``visiting`` puts them together.
"""
