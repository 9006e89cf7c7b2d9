import "./kiosk.css";
import "./main";
