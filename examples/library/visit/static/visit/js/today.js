// At the foot of every page: is it worth going there today?

import { hoursOn } from "opening";

const hours = hoursOn(new Date());

document.querySelector("#today").textContent = hours ? `Open today from ${hours[0]} to ${hours[1]}.` : "Closed today.";
