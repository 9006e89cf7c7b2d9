document.title = `${1}`;
