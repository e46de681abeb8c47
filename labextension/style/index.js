import "../../ftkernel/views/static/ftkernel.css";
import "./index.css";
import "./editing.css";
