export const lit = 1;
