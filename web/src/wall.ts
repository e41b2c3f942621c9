import "./shared";
import "./styles/wall.css";
