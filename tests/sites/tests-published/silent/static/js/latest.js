export const sum = 0;
