/** OpenDyslexic, loaded where it is chosen. */
import '@fontsource/opendyslexic/400.css';
import '@fontsource/opendyslexic/700.css';
