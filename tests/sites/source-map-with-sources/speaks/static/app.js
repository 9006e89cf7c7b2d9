document.title=`1`;
//# sourceMappingURL=app.js.map
