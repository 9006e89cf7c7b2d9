import(`./${document.body.id}.js`);
