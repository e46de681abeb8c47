import "../../ftkernel/views/static/ftkernel.css";
import "./index.css";
import "./outputs.css";
import "./editing.css";
import "./panel.css";
import "./page.css";
