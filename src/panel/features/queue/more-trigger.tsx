import React, { useEffect, useLayoutEffect, useRef } from 'react';

/** At the end of the loaded rows: loads more once when it is scrolled into view. */
export const MoreTrigger: React.FC<{ onReached: () => void }> = ({ onReached }) => {
  const element = useRef<HTMLDivElement>(null);
  const latest = useRef(onReached);
  useLayoutEffect(() => {
    latest.current = onReached;
  });
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current());
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={element} className="lc-more">
      <button type="button" className="lc-link" onClick={onReached}>
        Show more
      </button>
    </div>
  );
};
