// Counting, and nothing that needs a page: the worker runs it.

/** The twelve months up to today, oldest first: [{ month: "2026-03", count: 17 }, …] */
export function byMonth(loans, today) {
  const counts = countBy(loans, (loan) => loan.lent.slice(0, 7));
  const [year, month] = today.split("-").map(Number);
  return Array.from({ length: 12 }, (_, n) => {
    const name = new Date(Date.UTC(year, month - 12 + n, 1)).toISOString().slice(0, 7);
    return { month: name, count: counts.get(name) ?? 0 };
  });
}

/** Genres by their number of loans, most first: [{ genre: "novel", count: 80 }, …] */
export function byGenre(loans) {
  return [...countBy(loans, (loan) => loan.genre)]
    .map(([genre, count]) => ({ genre, count }))
    .sort((a, b) => b.count - a.count);
}

function countBy(items, key) {
  const counts = new Map();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
