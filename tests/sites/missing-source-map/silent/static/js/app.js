document.title += '!';
//# sourceMappingURL=app.js.map
