import { sum } from "./cart.js";
console.assert(sum === 0);
