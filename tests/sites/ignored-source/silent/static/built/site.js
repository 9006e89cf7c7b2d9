self.site = {};
