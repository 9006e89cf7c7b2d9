export const days = (from) => [0, 1, 2, 3, 4, 5, 6].map((day) => new Date(from.getTime() + day * 864e5).toDateString())
