"""Facts: what is known of a project before anything is judged, as frozen values."""
