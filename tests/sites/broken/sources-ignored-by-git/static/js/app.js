const app = 1
