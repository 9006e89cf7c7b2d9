import { createApp } from "vue";
import SeatMap from "./SeatMap.vue";

createApp(SeatMap).mount("#seats");
