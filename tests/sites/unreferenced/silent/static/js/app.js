document.body.dataset.wait = "/static/img/spinner.svg";
