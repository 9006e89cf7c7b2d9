// Where the planner is put and where it finds the books, the page says.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { Planner } from "./Planner";
import "./planner.css";

const place = document.getElementById("planner")!;

createRoot(place).render(
  <StrictMode>
    <Router base={place.dataset.base!.replace(/\/$/, "")}>
      <Planner books={place.dataset.books!} />
    </Router>
  </StrictMode>,
);
