self.htmx = {};
