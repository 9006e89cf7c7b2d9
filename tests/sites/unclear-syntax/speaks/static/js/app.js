const greeting = `Hello;
import("./cart.js");
