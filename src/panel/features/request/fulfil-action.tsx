import React from 'react';
import type { ActionProps } from 'adminjs';
import { RequestPage } from './request-page.js';

/** The component that the `fulfil` and `show` actions of lease requests name. */
const FulfilAction: React.FC<ActionProps> = ({ record }) =>
  record ? <RequestPage key={record.id} id={record.id} /> : null;

export default FulfilAction;
