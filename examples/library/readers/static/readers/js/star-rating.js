// Says beside the stars, in a word, what the chosen number of them means.
// (Django gives the class to the group and to every radio button in it.)

import { element } from "../../js/element.js";

const WORDS = ["", "not for me", "hmm", "good", "very good", "a favourite"];

for (const rating of document.querySelectorAll("div.star-rating")) {
  const word = element("output");
  const update = () => {
    word.value = WORDS[rating.querySelector(":checked")?.value ?? 0];
  };
  rating.append(word);
  rating.addEventListener("change", update);
  update();
}
