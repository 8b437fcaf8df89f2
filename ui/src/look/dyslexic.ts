/** OpenDyslexic, loaded where it is chosen. */
import './dyslexic.css';
