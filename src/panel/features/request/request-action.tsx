import React from 'react';
import type { ActionProps } from 'adminjs';
import { RequestPage } from './request-page.js';

/** For the actions `fulfil` and `show` of lease requests. */
const RequestAction: React.FC<ActionProps> = ({ record }) =>
  record ? <RequestPage key={record.id} id={record.id} /> : null;

export default RequestAction;
