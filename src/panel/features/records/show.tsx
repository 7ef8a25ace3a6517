import React from 'react';
import { useTranslation, type ActionProps } from 'adminjs';
import { useNow } from '../../lib/use-now.js';
import { useTitle } from '../../lib/use-title.js';
import { getLabel } from './labels.js';
import { Related } from './related.js';
import { Value } from './value.js';

/** One record of any resource: names on the left, values on the right. */
const Show: React.FC<ActionProps> = ({ resource, record }) => {
  const { translateProperty } = useTranslation();
  const now = useNow();
  useTitle(record?.title ?? resource.name);
  if (!record) return null;
  return (
    <section className="lc-card lc-record">
      <dl className="lc-facts wide">
        {resource.showProperties.map((property) => (
          <React.Fragment key={property.propertyPath}>
            <dt>{getLabel(property, translateProperty)}</dt>
            <dd>
              <Value property={property} record={record} resource={resource} place="show" now={now} />
            </dd>
          </React.Fragment>
        ))}
      </dl>
      <Related resource={resource} record={record} />
    </section>
  );
};

export default Show;
