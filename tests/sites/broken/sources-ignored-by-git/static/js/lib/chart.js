const chart = 1
