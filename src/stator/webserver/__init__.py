"""Web servers configured right: one neutral policy, one function for each server, and checks of what exists.

``policy_of()`` makes a ``ServingPolicy`` from settings and manifest; ``nginx``, ``caddy``, ``apache`` and
``varnish`` each have a ``render()`` that writes it in the server's language. All of them are pure.
"""
