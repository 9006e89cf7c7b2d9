document.title=`1`;
//# sourceMappingURL=vendor.js.map
