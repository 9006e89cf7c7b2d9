printf '<p>caf\351</p>' > templates/old.html
