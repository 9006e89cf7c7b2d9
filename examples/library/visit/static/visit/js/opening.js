// When the library is open. Scripts of every app import this by the name "opening".

// From Sunday on, as Date counts the days of the week.
const HOURS = [null, null, [10, 19], [10, 19], [10, 21], [10, 19], [9, 16]];

/** The hours of the day of a date, [from, to], or null when nobody opens. */
export function hoursOn(date) {
  return HOURS[date.getDay()];
}

/** The date and hour at which the doors open next after a date. */
export function nextOpening(date) {
  const next = new Date(date);
  do next.setDate(next.getDate() + 1);
  while (!hoursOn(next));
  next.setHours(hoursOn(next)[0], 0, 0, 0);
  return next;
}
