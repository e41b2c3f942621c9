import "./console";
import "./styles/design.css";
