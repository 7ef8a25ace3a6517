import React, { useEffect, type ComponentType } from 'react';
import { QueryClientProvider } from '@tanstack/react-query';
import CodeDialog from '../features/sign-in/code-dialog.js';
import { useSubmitShortcut } from '../lib/use-submit-shortcut.js';
import { queryClient } from '../lib/query-client.js';
import { restoreClaims } from '../lib/tab-work.js';

/** The root of the panel: AdminJS's frame and pages with what all of them share. */
const Application: React.FC<{ OriginalComponent: ComponentType }> = ({ OriginalComponent }) => {
  useSubmitShortcut();
  useEffect(restoreClaims, []);
  return (
    <QueryClientProvider client={queryClient}>
      <OriginalComponent />
      <CodeDialog />
    </QueryClientProvider>
  );
};

export default Application;
