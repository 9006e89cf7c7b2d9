# docs.wagtail.org, "Your first Wagtail site".
wagtail start mysite .
