import React from 'react';
import { useSelector } from 'react-redux';
import { useTranslation, type ActionProps, type ReduxState } from 'adminjs';
import { useTitle } from '../../ui/elements.js';
import { useNow } from '../../ui/times.js';
import { labelOf } from './labels.js';
import { Related } from './related.js';
import { Value } from './value.js';

/** One record of any resource: names on the left, values on the right. */
const Show: React.FC<ActionProps> = ({ resource, record }) => {
  const { translateProperty } = useTranslation();
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const now = useNow();
  useTitle(record?.title ?? resource.name);
  if (!record) return null;
  return (
    <section className="lc-card lc-record">
      <dl className="lc-facts wide">
        {resource.showProperties.map((property) => (
          <React.Fragment key={property.propertyPath}>
            <dt>{labelOf(property, translateProperty)}</dt>
            <dd>
              <Value
                property={property}
                record={record}
                resource={resource}
                place="show"
                now={now}
                resourcesPath={`${rootPath}/resources`}
              />
            </dd>
          </React.Fragment>
        ))}
      </dl>
      <Related resource={resource} record={record} />
    </section>
  );
};

export default Show;
