const DAY = 24 * 60 * 60 * 1000;

/** The number of a day, of which Monday's leave no rest when divided by seven. */
export function dayOf(date) {
  return Math.floor(Date.parse(date) / DAY) + 3;
}

/** The year up to today with what was lent each day: [{ date: "2026-03-01", loans: […] }, …] */
export function daysOf(loans, today) {
  const byDate = Map.groupBy(loans, (loan) => loan.lent);
  return Array.from({ length: 365 }, (_, n) => {
    const date = new Date(Date.parse(today) - (364 - n) * DAY).toISOString().slice(0, 10);
    return { date, loans: byDate.get(date) ?? [] };
  });
}
