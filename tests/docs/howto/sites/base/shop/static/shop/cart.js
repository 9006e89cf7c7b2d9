const cart = new Map();

export function add(key) {
  cart.set(key, (cart.get(key) ?? 0) + 1);
  add.count = [...cart.values()].reduce((sum, count) => sum + count, 0);
}
