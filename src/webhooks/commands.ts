import { IsText, IsUtcMoment } from '../core/validation.js';

export class ReplayOneDelivery {
  @IsText(1, 100)
  deliveryId: string;
}

export class ReplayDeliveries {
  @IsText(1, 100)
  endpointId: string;

  @IsUtcMoment()
  since: string;

  /** Inclusive. */
  @IsUtcMoment()
  until: string;
}
