import type * as swaggerModule from '@nestjs/swagger';

type Swagger = typeof swaggerModule;
type DecoratorName = Extract<keyof Swagger, `Api${string}`>;
type AnyDecorator = (...options: unknown[]) => (...target: unknown[]) => void;

const deferred: ((swagger: Swagger) => void)[] = [];

/** Those of @nestjs/swagger, deferred until the document is built: nothing else needs that package (docs/decisions/049). */
export const ApiBearerAuth = defer('ApiBearerAuth');
export const ApiBody = defer('ApiBody');
export const ApiExcludeController = defer('ApiExcludeController');
export const ApiExtension = defer('ApiExtension');
export const ApiExtraModels = defer('ApiExtraModels');
export const ApiHeader = defer('ApiHeader');
export const ApiOperation = defer('ApiOperation');
export const ApiParam = defer('ApiParam');
export const ApiProperty = defer('ApiProperty');
export const ApiQuery = defer('ApiQuery');
export const ApiResponse = defer('ApiResponse');
export const ApiTags = defer('ApiTags');

/** Applies the decorators of all classes that have been loaded, in their order; those of an earlier call are not applied again. */
export function applyDeferredDecorators(swagger: Swagger): void {
  for (const apply of deferred.splice(0)) apply(swagger);
}

function defer<Name extends DecoratorName>(name: Name): Swagger[Name] {
  const decorator: AnyDecorator =
    (...options) =>
    (...target) =>
      void deferred.push((swagger) => (swagger[name] as AnyDecorator)(...options)(...target));
  return decorator as Swagger[Name];
}
